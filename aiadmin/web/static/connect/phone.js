// Phone numbers as people type them and as the page shows them.

const WRITTEN = /(\(?\s*(?:\+|00)[ (]*)?(\(?[0-9][0-9 ().\-/*•]*)/g;
const IN_A_LINK = /(?:wa\.me\/|phone=)\+?(?=[0-9])/gi; // with the country code, and no plus
const BROKEN = /[0-9](?![x\u0445])\p{L}[0-9]/iu; // an O for a 0
const MASKED = /[*•]/;
const FEWEST = 7;
const SURELY_MEANT = 9; // fewer digits may be a date
const MOST = 15;
const MOST_BESIDE = 6; // the server takes an age off, but no second number

const digitsOf = (text) => text.replace(/\D/g, '');

/**
 * The one number in what was typed, with plain digits, dashes and blanks; null when there is none, or two. Marks that
 * nobody sees come with numbers pasted from WhatsApp and from address books, and words stand beside them. Which number
 * it is the server decides: it knows the salon's country and every country's numbers.
 */
export function readPhone(typed) {
  const plain = typed.normalize('NFKC').replace(/\p{Cf}/gu, '').replace(/[\p{Pd}\u2212]/gu, '-').replace(/[\p{Zs}\t]/gu, ' ');
  const text = plain.replace(IN_A_LINK, '+');
  if (BROKEN.test(text)) return null;
  const found = [...text.matchAll(WRITTEN)].map(([, plus, written]) => {
    const number = written.replace(/ +[*• ]*$/, '').replace(/[ (.\-/]+$/, '');
    return plus ? `+${number.replace(/^([0-9 ]+)\)/, '$1')}` : number;
  });
  const possible = found.filter((one) => digitsOf(one).length >= FEWEST);
  const meant = possible.filter((one) => digitsOf(one).length >= SURELY_MEANT);
  const numbers = meant.length ? meant : possible;
  const [number] = numbers;
  const isOne = number && numbers.every((one) => digitsOf(one).slice(-10) === digitsOf(number).slice(-10));
  const isShort = isOne && digitsOf(number).length <= MOST + MOST_BESIDE && number.split(' ').every((piece) => digitsOf(piece).length <= MOST);
  return isShort && !MASKED.test(number) ? number : null;
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
