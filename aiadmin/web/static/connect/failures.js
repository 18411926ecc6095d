// Why no phone is being linked: the server says each as a `status`, and again as an `error` for clients that hear no
// other events. It does not close the socket, and our pages, which hear the status, pass the second over.
export const PAIRING_FAILURES = new Set(['unreachable', 'exhausted', 'passkey', 'already-linked', 'failed']);
