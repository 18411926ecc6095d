// The QR code's picture: an <svg> made by our server, taken in as shapes only.

const SVG = 'http://www.w3.org/2000/svg';
const SHAPES = new Set(['svg', 'g', 'path', 'rect', 'title', 'desc']);

/** The svg text as an element that may be shown; null when it is anything but a plain drawing with a viewBox. */
export function drawSvg(text, label) {
  const named = text.includes('xmlns=') ? text : text.replace('<svg', `<svg xmlns="${SVG}"`);
  const root = new DOMParser().parseFromString(named, 'image/svg+xml').documentElement;
  for (const name of ['width', 'height', 'style']) root.removeAttribute(name);
  if (root.namespaceURI !== SVG || !root.hasAttribute('viewBox') || !isPlain(root)) return null;
  root.setAttribute('role', 'img');
  root.setAttribute('aria-label', label);
  root.setAttribute('shape-rendering', 'crispEdges');
  return document.importNode(root, true);
}

/** Where the current code's drawing can be fetched; new each time, so that no cache shows an old one. */
export function imageAddress(token, isReplacing) {
  return `/marketplace/qr/${encodeURIComponent(token)}.svg?at=${Date.now()}${isReplacing ? '&relink=1' : ''}`;
}

/** The same code by address, for when it came without a drawing. */
export function drawImage(src, label) {
  const image = new Image();
  image.alt = label;
  image.src = src;
  return image;
}

function isPlain(root) {
  return [root, ...root.querySelectorAll('*')].every((element) => SHAPES.has(element.localName) && !canAct(element));
}

const canAct = (element) => [...element.attributes].some(({ name }) => /^on|href$|^style$/i.test(name));
