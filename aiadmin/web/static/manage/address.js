// The token of a link stands behind the `#` until the page is there: for a frame that keeps no cookie (install.js).

/** The token of the link that led here; '' where there is none. */
export const linkToken = () => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';

/** Takes the token off the address. */
export function cleanAddress() {
  if (linkToken()) window.history.replaceState(null, '', window.location.pathname + window.location.search);
}
