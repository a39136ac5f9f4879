import { ActionIcon, Button } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";

/** Takes one row of a list in a form away. */
export function RemoveRow({ label, onRemove }: { readonly label: string; onRemove(): void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={onRemove}>
      <IconX size={18} aria-hidden />
    </ActionIcon>
  );
}

export function AddRow({ label, onAdd }: { readonly label: string; onAdd(): void }) {
  return (
    <div>
      <Button
        variant="default"
        size="compact-md"
        leftSection={<IconPlus size={18} aria-hidden />}
        onClick={onAdd}
      >
        {label}
      </Button>
    </div>
  );
}

/** A key that none of the rows has. */
export function nextKey(rows: readonly { readonly key: number }[]): number {
  return Math.max(-1, ...rows.map(({ key }) => key)) + 1;
}
