/** The time zone (IANA) of this browser: where `today` is. */
export const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
