import type { Cloud } from '../stacks/cloud.ts';

/** How much memory each function has, by its name in the manifest: read from the synthesized template. */
export function memoryOf(cloud: Cloud): (name: string) => number {
  const sizes = new Map(
    cloud
      .all('AWS::Lambda::Function')
      .map(({ path, properties }) => [path.split('/')[0] ?? '', Number(properties.MemorySize)]),
  );
  return (name) => {
    const size = sizes.get(name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase()));
    if (size === undefined) throw new Error(`there is no function ${name}`);
    return size;
  };
}
