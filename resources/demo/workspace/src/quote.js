import { heavyFromKg, heavySurcharge, rates } from './rates.js';
import { zoneOf } from './zones.js';

const cubicCmPerKg = 5000;

export function volumetricKg([length, width, height]) {
  return (length * width * height) / cubicCmPerKg;
}

export function quote({ to, weightKg, sizeCm }) {
  const zone = zoneOf(to);
  const billedKg = Math.max(weightKg, volumetricKg(sizeCm));
  const { base, perHalfKg } = rates[zone];
  const carried = base + Math.ceil(billedKg * 2) * perHalfKg;
  const cents = billedKg > heavyFromKg ? carried + heavySurcharge : carried;
  return { zone, billedKg, cents };
}
