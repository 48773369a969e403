import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';
import { partTexts as texts } from '../texts/parts.ts';

export function Loading() {
  return (
    <Box textAlign="center" padding="l">
      <div role="status">
        <Spinner /> {texts.loading}
      </div>
    </Box>
  );
}
