import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../manifest/metrics.ts';
import type { Log } from '../world.ts';
import { plainError, redacted } from './redaction.ts';

let isColdStart = true;
/** The invocation that runs: Lambda gives a process one at a time. */
let invocation: Readonly<Record<string, unknown>> = {};
let made: { logger: Logger; metrics: Metrics } | undefined;

/** Made at the first call, because both read the environment and importing a handler must not. */
function tools() {
  made ??= {
    logger: new Logger({ logFormatter: new ShortLines() }),
    metrics: new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE }),
  };
  return made;
}

/**
 * A line is paid for by the byte. CloudWatch says of each which function wrote it, so a line has its level, name and
 * time, and what the event is about. A warning or an error also says in which invocation and trace it was.
 */
class ShortLines extends LogFormatter {
  formatAttributes({ logLevel: level, message, timestamp, xRayTraceId }: UnformattedAttributes, fields: LogAttributes) {
    const isBad = level === 'WARN' || level === 'ERROR';
    const attributes = { level, message, timestamp: timestamp.toISOString(), ...fields };
    return new LogItem({ attributes: isBad ? { ...attributes, ...invocation, trace: xRayTraceId } : attributes });
  }
}

/** Publishes what was measured since the last time, in one line. */
export function publishMetrics(): void {
  const { metrics } = tools();
  // Powertools warns when there is nothing to publish, which is the normal case.
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/**
 * Middleware that every function has: a warning or an error says in which invocation it was and whether that was a cold
 * start, and the metrics of an invocation are published in one line at its end, also when it failed.
 */
export function powertools(): MiddlewareObj<unknown, unknown, Error, Context> {
  return {
    before({ context }) {
      invocation = { invocation: context.awsRequestId, coldStart: isColdStart };
      isColdStart = false;
    },
    after: publishMetrics,
    onError: publishMetrics,
  };
}

/** The log of the production World. */
export function powertoolsLog(): Log {
  const { logger, metrics } = tools();
  return {
    info: (event, fields = {}) => logger.info(event, redacted(fields)),
    warn: (event, fields = {}) => logger.warn(event, redacted(fields)),
    error: (event, fields = {}, cause) =>
      logger.error(event, { ...redacted(fields), ...(cause instanceof Error ? { error: plainError(cause) } : {}) }),
    metric(name, value, dimensions = {}) {
      const dimensioned = Object.entries(dimensions);
      // Dimensions hold for a whole line, so a metric that has its own is published in a line of its own.
      const target = dimensioned.length > 0 ? metrics.singleMetric() : metrics;
      for (const [key, text] of dimensioned) target.addDimension(key, text);
      target.addMetric(name, name.endsWith('Seconds') ? MetricUnit.Seconds : MetricUnit.Count, value);
    },
  };
}
