// The connect token leaves the address bar at once, and survives a reload in this tab's own memory where there is one.

const PREFIX = 'aiadmin:connect:';
const NAMES = 'aiadmin:salon:';
const key = (companyId) => PREFIX + companyId;

function inStorage(work) {
  try {
    return work(window.sessionStorage);
  } catch {
    return null; // a frame without storage: a reload then asks for the link again
  }
}

/** Keeps a company's token, and what to call it, for this tab. */
export function remember(companyId, token, name = '') {
  inStorage((storage) => {
    storage.setItem(key(companyId), token);
    if (name) storage.setItem(NAMES + companyId, name);
  });
}

/** What this tab keeps: [{companyId, token, name}]. */
export function recall() {
  const kept = inStorage((storage) =>
    Object.keys(storage)
      .filter((name) => name.startsWith(PREFIX))
      .sort()
      .map((name) => ({
        companyId: name.slice(PREFIX.length),
        token: storage.getItem(name),
        name: storage.getItem(NAMES + name.slice(PREFIX.length)) ?? '',
      })));
  return kept ?? [];
}

/** Strips the token from the address; returns true when a page without one is leaving for the remembered one's address. */
export function settleAddress({ token, companyId, pageState }) {
  const url = new URL(window.location.href);
  const company = companyId || url.searchParams.get('company') || '';
  if (!url.searchParams.has('token')) return !token && returnWithToken(url, company);
  if (pageState === 'link-invalid') inStorage((storage) => storage.removeItem(key(company)));
  else if (token) remember(company, token);
  url.searchParams.delete('token');
  window.history.replaceState(null, '', url);
  return false;
}

function returnWithToken(url, company) {
  const token = inStorage((storage) => storage.getItem(key(company)));
  if (!token) return false;
  url.searchParams.set('token', token);
  window.location.replace(url);
  return true;
}
