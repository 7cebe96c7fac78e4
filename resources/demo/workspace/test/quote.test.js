import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from '../src/quote.js';

test('a small parcel is billed by its weight', () => {
  assert.deepEqual(quote({ to: 'DE', weightKg: 1.2, sizeCm: [20, 15, 10] }), {
    zone: 'home',
    billedKg: 1.2,
    cents: 495,
  });
});

test('a bulky parcel is billed by its volume', () => {
  assert.equal(quote({ to: 'FR', weightKg: 2.4, sizeCm: [40, 30, 20] }).billedKg, 4.8);
});

test('a country we do not deliver to is refused', () => {
  assert.throws(() => quote({ to: 'US', weightKg: 1, sizeCm: [10, 10, 10] }), /do not deliver/);
});
