// Phone numbers as salons type them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatCode, formatPhone, maskPhone, parsePhone } from '../../aiadmin/web/static/connect/phone.js';

const readable = {
  '8 (900) 123-45-67': '79001234567',
  '+7 900 123 45 67': '79001234567',
  '79001234567': '79001234567',
  '9001234567': '79001234567',
  '+375 29 123-45-67': '375291234567',
  '+998901234567': '998901234567',
};
for (const [typed, digits] of Object.entries(readable)) {
  test(`${typed} is ${digits}`, () => assert.equal(parsePhone(typed), digits));
}

for (const typed of ['', '123', '8900123456', '7900123456789', 'салон', '+7 900 123-45-6a', '375291234567', '+0123456789']) {
  test(`"${typed}" is no number`, () => assert.equal(parsePhone(typed), null));
}

test('a number is written the Russian way', () => assert.equal(formatPhone('79001234567'), '+7 900 123-45-67'));
test('a foreign number stays whole', () => assert.equal(formatPhone('375291234567'), '+375291234567'));
test('five digits in the middle are hidden', () => assert.equal(maskPhone('79001234567'), '+7 900 •••-••-67'));
test('a foreign number is hidden too', () => assert.equal(maskPhone('375291234567'), '+375 ••••• 67'));
test('no number gives no mask', () => assert.equal(maskPhone(null), ''));
test('a code is written in two fours', () => assert.equal(formatCode('abcdefgh'), 'ABCD-EFGH'));
test('a code in two fours stays', () => assert.equal(formatCode('ABCD-EFGH'), 'ABCD-EFGH'));
