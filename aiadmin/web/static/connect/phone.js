// Phone numbers as people type them and as the page shows them.

/** Digits in international form ("79001234567"), or null when it cannot be a mobile number. */
export function parsePhone(typed) {
  const digits = typed.replace(/\D/g, '');
  if (/[^\d\s()+.\-–]/.test(typed)) return null;
  if (/^9\d{9}$/.test(digits)) return `7${digits}`;
  if (/^89\d{9}$/.test(digits)) return `7${digits.slice(1)}`;
  if (digits.startsWith('7')) return /^7\d{10}$/.test(digits) ? digits : null;
  return typed.trim().startsWith('+') && /^[1-9]\d{9,14}$/.test(digits) ? digits : null;
}

/** "79001234567" -> "+7 900 123-45-67"; a foreign number is left in one piece after the plus. */
export function formatPhone(digits) {
  const parts = /^7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits);
  return parts ? `+7 ${parts[1]} ${parts[2]}-${parts[3]}-${parts[4]}` : `+${digits}`;
}

/** "79001234567" -> "+7 900 •••-••-67": enough to know one's own number, too little to call it. */
export function maskPhone(phone) {
  const digits = String(phone ?? '').replace(/\D/g, '');
  const parts = /^7(\d{3})\d{5}(\d{2})$/.exec(digits);
  if (parts) return `+7 ${parts[1]} •••-••-${parts[2]}`;
  return digits.length > 5 ? `+${digits.slice(0, 3)} ••••• ${digits.slice(-2)}` : '';
}

/** "abcdefgh" -> "ABCD-EFGH": the way WhatsApp itself writes a pairing code. */
export function formatCode(code) {
  const letters = code.replace(/[^0-9a-z]/gi, '').toUpperCase();
  return letters.length === 8 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : code;
}
