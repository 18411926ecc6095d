// Copy buttons of the examples; everything else on the page is plain HTML.
import { bindCopy } from '../connect/controls.js';

for (const button of document.querySelectorAll('[data-copy-sample]')) {
  bindCopy(button, button.previousElementSibling, () => {});
}
