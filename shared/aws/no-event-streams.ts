/**
 * Takes the place of the SDK's code for operations that stream events, in every bundle: none of ours does, but the
 * client of S3 cannot be made without functions of these names.
 */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}

export function eventStreamSerdeProvider(): never {
  throw new Error('no operation of ours streams events');
}
