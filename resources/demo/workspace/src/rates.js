// Cents: what a parcel costs at all, and for each started half kilogram.
export const rates = {
  home: { base: 390, perHalfKg: 35 },
  near: { base: 690, perHalfKg: 66 },
  far: { base: 890, perHalfKg: 94 },
};

// Above this billed weight two people carry it.
export const heavyFromKg = 20;
export const heavySurcharge = 1500;
