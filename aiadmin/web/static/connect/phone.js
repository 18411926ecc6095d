// Phone numbers as people type them and as the page shows them.

// What people write before a number, or behind it, to say which it is: the server knows the words.
const LABEL = /^(?:\p{L}+[\s.:\-/,]+){0,2}\p{L}+[\s.:\-/,]*(?=[+(\d])/u;
const BEHIND = /[\s(]+\p{L}+[\s.)]*$/u;
const ENDS = /[ ,;.:!?]+$/;
const EXTENSION = /[\s,;(]*(?:[\p{L}#]+|[,;])[\s.:=)#]*\d{1,6}\)?\s*$/u;

/**
 * What was typed, with plain digits, dashes and blanks, or null when it cannot be a phone number. Marks that nobody
 * sees come with numbers pasted from WhatsApp and from address books. Which number it is the server decides: it knows
 * the salon's country and every country's numbers.
 */
export function readPhone(typed) {
  const plain = typed.normalize('NFKC').replace(/\p{Cf}/gu, '').replace(/[\p{Pd}\u2212]/gu, '-').replace(/[\p{Zs}\t]/gu, ' ');
  const bare = plain.replace(ENDS, '').trim().replace(LABEL, '').replace(BEHIND, '');
  const number = bare.replace(EXTENSION, '').replace(ENDS, '').trim().replace(/^\(\s*(?:\+|00)/, '+(');
  const digits = number.replace(/\D/g, '').length;
  return /^\+?[0-9 ().\-/]+$/.test(number) && digits >= 7 && digits <= 17 ? number : null;
}

/** A Russian mobile number the way it is usually written; every other number as it is. */
export function tidyPhone(number) {
  const digits = number.replace(/\D/g, '');
  return /^[78]9\d{9}$/.test(digits) ? formatPhone(`7${digits.slice(1)}`) : number;
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
