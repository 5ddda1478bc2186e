interface TaskQueue {
  readonly ended: boolean;
  add(task: () => Promise<void>): void;
  /** Leaves out what waits, and makes a last task when the one under way is done. */
  end(last: () => Promise<void>): void;
}

interface TaskQueueOptions {
  /** There is something to do, or nothing any more. */
  onBusy: (busy: boolean) => void;
  onError: (error: unknown) => void;
}

/** Makes tasks one after the other, so that a worker has one at a time. */
export function taskQueue({ onBusy, onError }: TaskQueueOptions): TaskQueue {
  let [last, waiting, ended] = [Promise.resolve(), 0, false];
  return {
    get ended() {
      return ended;
    },
    add(task) {
      waiting++;
      onBusy(true);
      last = last
        .then(() => (ended ? undefined : task()))
        .catch(onError)
        .finally(() => {
          waiting--;
          if (waiting === 0 && !ended) onBusy(false);
        });
    },
    end(task) {
      ended = true;
      last = last.then(task).catch(onError);
    },
  };
}
