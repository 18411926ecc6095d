// Phone numbers as salons type them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { formatCode, formatPhone, maskPhone, readPhone, tidyPhone } from '../../aiadmin/web/static/connect/phone.js';

const { examples } = JSON.parse(readFileSync(new URL('../support/phone_numbers.json', import.meta.url)));
for (const { typed, digits } of examples.filter((one) => one.digits)) {
  test(`${JSON.stringify(typed)} is let through, with nothing in it that nobody sees`, () => {
    assert.match(readPhone(typed), /^\+?[0-9 ().\-/]+$/);
    assert.ok(readPhone(typed).replace(/\D/g, '').includes(digits.slice(-7)));
  });
}

for (const { typed } of examples.filter((one) => one.page === null)) {
  test(`${JSON.stringify(typed)} is not one number`, () => assert.equal(readPhone(typed), null));
}

for (const typed of ['1'.repeat(18), '+7 900 123-45-6a7', '+']) {
  test(`"${typed}" is no number`, () => assert.equal(readPhone(typed), null));
}

test('a Russian mobile number is tidied', () => assert.equal(tidyPhone('8 (900) 1234567'), '+7 900 123-45-67'));
test('another number stays as it is', () => assert.equal(tidyPhone('84912345678'), '84912345678'));
test('a number is written the Russian way', () => assert.equal(formatPhone('79001234567'), '+7 900 123-45-67'));
test('a foreign number stays whole', () => assert.equal(formatPhone('375291234567'), '+375291234567'));
test('five digits in the middle are hidden', () => assert.equal(maskPhone('79001234567'), '+7 900 •••-••-67'));
test('a foreign number is hidden too', () => assert.equal(maskPhone('375291234567'), '+375 ••••• 67'));
test('no number gives no mask', () => assert.equal(maskPhone(null), ''));
test('a code is written in two fours', () => assert.equal(formatCode('abcdefgh'), 'ABCD-EFGH'));
test('a code in two fours stays', () => assert.equal(formatCode('ABCD-EFGH'), 'ABCD-EFGH'));
