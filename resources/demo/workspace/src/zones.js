const zones = {
  home: ['DE'],
  near: ['AT', 'BE', 'CZ', 'DK', 'FR', 'LU', 'NL', 'PL'],
  far: ['ES', 'FI', 'GR', 'IE', 'IT', 'PT', 'SE'],
};

export function zoneOf(country) {
  const found = Object.entries(zones).find(([, countries]) => countries.includes(country));
  if (!found) throw new RangeError(`We do not deliver to ${country}.`);
  return found[0];
}
