import { useHashLocation } from 'wouter/use-hash-location';

const useHashPathOnly = (): ReturnType<typeof useHashLocation> => {
  const [path, navigate] = useHashLocation();
  return [path.split('?', 1)[0] ?? '/', navigate];
};

/** The path behind the `#`, for the router. What stands behind a `?` in it is the screen's own: see `in-address.ts`. */
export const useHashPath = Object.assign(useHashPathOnly, { hrefs: (href: string): string => `#${href}` });
