import { Button } from "@mantine/core";
import { IconDeviceDesktop } from "@tabler/icons-react";
import type { OpenSession } from "../api.js";
import { browserName } from "../text.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

export function SessionList({
  sessions,
  onEnd,
}: {
  readonly sessions: readonly OpenSession[];
  readonly onEnd?: (session: OpenSession) => void;
}) {
  const { me } = useWords();
  const time = useSiteTime();
  return (
    <ul className="list">
      {sessions.map((session) => {
        const agent = browserName(session.agent) ?? me.unknownAgent;
        return (
          <li key={session.id}>
            <IconDeviceDesktop size={22} aria-hidden />
            <div className="list-main">
              <strong>{agent}</strong>
              <small>
                {session.address && `${session.address} · `}
                {me.lastSeen(time.near(new Date(session.lastSeenAt), siteNow()))}
              </small>
            </div>
            {session.current ? (
              <span className="tag" data-tone="good">
                {me.thisSession}
              </span>
            ) : (
              onEnd && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={me.endSessionOf(agent)}
                  onClick={() => onEnd(session)}
                >
                  {me.endSession}
                </Button>
              )
            )}
          </li>
        );
      })}
    </ul>
  );
}
