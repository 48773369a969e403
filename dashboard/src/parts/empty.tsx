import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

/** Where there is nothing to show: what would be here, and how it comes to be. */
export function Empty({
  title,
  text,
  action,
}: {
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}) {
  return (
    <Box textAlign="center" margin={{ vertical: 'xs' }} color="inherit">
      <SpaceBetween size="xs">
        <b>{title}</b>
        <Box variant="p" color="inherit">
          {text}
        </Box>
        {action}
      </SpaceBetween>
    </Box>
  );
}
