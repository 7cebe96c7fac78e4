export const appScheme = 'app';
export const appHost = 'netra';
const appAddress = `${appScheme}://${appHost}/`;

/** Where the page comes from: our own scheme, or in development electron-vite's server. */
export interface PageOrigin {
  /** The address to load. */
  readonly address: string;
  /** True for addresses of the page's origin. */
  readonly includes: (address: string) => boolean;
}

/** Scheme and host. `URL.origin` is no use here: it is `null` for schemes that browsers do not know. */
const originOf = (address: string): string | null => {
  if (!URL.canParse(address)) return null;
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
};

/** `devServer`: the address of electron-vite's development server, where there is one. */
export const pageOrigin = (devServer?: string): PageOrigin => {
  const address = devServer ?? appAddress;
  const own = originOf(address);
  return { address, includes: (other) => own !== null && originOf(other) === own };
};
