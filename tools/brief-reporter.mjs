import { relative } from 'node:path';

/** A dot for each file of tests, failures in full as they come, and why backends are not tested. The summary is jest's own. */
export default class BriefReporter {
  #skipped = new Set();
  #dots = 0;

  onTestResult(test, { failureMessage, testResults, numFailingTests }) {
    if (failureMessage) {
      process.stderr.write(
        `${this.#dots ? '\n' : ''}FAIL ${relative('', test.path)}, ${numFailingTests} of ${testResults.length}\n${failureMessage}\n`,
      );
      this.#dots = 0;
    } else {
      process.stderr.write('.');
      this.#dots++;
    }
    // Not those that `-t` leaves out: they would be thousands.
    for (const { status, title, fullName } of testResults)
      if (status === 'pending' && title.startsWith('not tested')) this.#skipped.add(fullName);
  }

  onRunComplete() {
    process.stderr.write('\n');
    for (const name of this.#skipped) process.stderr.write(`skipped: ${name}\n`);
  }
}
