// Two small controls: a pair of tabs by the book, and a copy button that works in a frame too.

const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
const THANKS_MS = 2_000;

/** Tabs with arrow keys; `choose(method)` is told which one is open. */
export function bindTabs(list, choose) {
  const tabs = [...list.querySelectorAll('[role="tab"]')];
  for (const tab of tabs) tab.addEventListener('click', () => choose(tab.dataset.method));
  list.addEventListener('keydown', (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    const place = tabs.indexOf(document.activeElement) + STEPS[event.key];
    const tab = tabs[Math.min(Math.max(place, 0), tabs.length - 1)];
    choose(tab.dataset.method);
    tab.focus();
  });
}

/** Copies the source's text; where the clipboard is closed to frames, selects it instead and says so. */
export function bindCopy(button, source, say) {
  const idle = button.textContent;
  button.addEventListener('click', async () => {
    const copied = await copy(source);
    const words = copied ? button.dataset.done : button.dataset.manual;
    button.textContent = words;
    say(words);
    setTimeout(() => { button.textContent = idle; }, THANKS_MS);
  });
}

async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    window.getSelection().selectAllChildren(source);
    return document.execCommand('copy');
  }
}
