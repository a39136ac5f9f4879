import { ActionIcon, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useWords } from "../words/words.js";

/** Something long that is shown once and taken elsewhere. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }) {
  const { app } = useWords();
  const { copied, copy } = useClipboard({ timeout: 3_000 });
  const said = copied ? app.copied : app.copy;
  return (
    <TextInput
      label={label}
      value={value}
      readOnly
      classNames={{ input: "secret" }}
      onFocus={({ currentTarget }) => currentTarget.select()}
      rightSection={
        <ActionIcon variant="subtle" aria-label={said} title={said} onClick={() => copy(value)}>
          {copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
        </ActionIcon>
      }
    />
  );
}
