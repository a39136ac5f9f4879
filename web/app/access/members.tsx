import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api } from "../api.js";
import { Trouble, Waiting } from "../parts/states.js";
import { useWords } from "../words/words.js";

/** The people of a group, page by page. */
export function Members({ group }: { readonly group: string }) {
  const { access } = useWords();
  const found = useInfiniteQuery({
    queryKey: ["people", "of-group", group],
    queryFn: ({ pageParam }) => api.groupPeople(group, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  if (found.isPending) return <Waiting />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  const people = found.data.pages.flatMap((page) => page.people);
  if (people.length === 0) return <p className="soft">{access.noMembers}</p>;
  return (
    <>
      <ul className="names">
        {people.map(({ id, name, status }) => (
          <li key={id}>
            <Link href={`/people/${id}`}>{name}</Link>
            {status === "blocked" && (
              <span className="tag" data-tone="bad">
                {access.blocked}
              </span>
            )}
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button
          variant="default"
          size="compact-md"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {access.moreMembers}
        </Button>
      )}
    </>
  );
}
