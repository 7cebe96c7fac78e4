import { useEffect } from 'react';
import type { StoreApi } from 'zustand/vanilla';

/** How a screen's choices are written into its address; what is as at first is left out. */
export type AddressWords<T> = {
  readonly write: (state: T) => Readonly<Record<string, string>>;
  /** Of words that may be of somebody else: what cannot be understood is as at first. */
  readonly read: (words: URLSearchParams) => Partial<T>;
};

const parts = (): readonly [path: string, words: string] => {
  const [path = '', words = ''] = location.hash.split('?', 2);
  return [path, words];
};

/**
 * Keeps a screen's choices in its address, so that a reload, a bookmark and the way back find them again. An address
 * without any leaves the choices as they are.
 */
export const useInAddress = <T>(store: StoreApi<T>, { write, read }: AddressWords<T>): void => {
  useEffect(() => {
    const [here] = parts();
    const take = (): void => {
      const [path, words] = parts();
      if (path === here && words !== '') store.setState(read(new URLSearchParams(words)));
    };
    const put = (state: T): void => {
      const [path, old] = parts();
      const words = new URLSearchParams(write(state)).toString();
      if (path !== here || words === old) return;
      history.replaceState(history.state, '', words === '' ? path : `${path}?${words}`);
    };
    take();
    put(store.getState());
    const stop = store.subscribe(put);
    addEventListener('hashchange', take);
    return () => {
      stop();
      removeEventListener('hashchange', take);
    };
    // The words of a store are the same for ever.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [store]);
};
