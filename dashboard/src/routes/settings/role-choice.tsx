import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useMembership } from '../../session/chosen.tsx';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';
import { type Role, rolesToGive } from './roles.ts';

const texts = settingsTexts.team;

interface RoleChoiceProps {
  readonly role: Role;
  readonly onChange: (role: Role) => void;
}

/** The roles that whoever is here may give, and what each may do. */
export function RoleChoice({ role, onChange }: RoleChoiceProps) {
  const membership = useMembership();
  return (
    <FormField label={texts.role}>
      <RadioGroup
        value={role}
        items={rolesToGive(membership).map((value) => ({
          value,
          label: shellTexts.roles[value],
          description: texts.roleWords[value],
        }))}
        onChange={({ detail }) => onChange(detail.value as Role)}
      />
    </FormField>
  );
}
