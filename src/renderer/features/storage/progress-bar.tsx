type ProgressBarProps = {
  readonly label: string;
  readonly done: number;
  /** 0: it is not known yet. */
  readonly of: number;
};

/** How far something is. */
export const ProgressBar = ({ label, done, of }: ProgressBarProps) => (
  <progress
    aria-label={label}
    max={1}
    {...(of === 0 ? {} : { value: Math.min(1, done / of) })}
    className="h-1.5 w-full appearance-none overflow-hidden rounded-full bg-idle-bg [&::-webkit-progress-bar]:bg-idle-bg [&::-webkit-progress-value]:bg-running-fill"
  />
);
