"""SQL that many readings share, so that an item's leads, themes and dates look the same everywhere."""

from __future__ import annotations


def fuzzy(alias: str, name: str) -> str:
    parts = ", ".join(f"{alias}.{name}_{part}" for part in ("on", "precision", "ongoing", "text"))
    return f"turnstone.fuzzy({parts})"


def leads(column: str, owner: str) -> str:
    """The leads of an item as a JSON array, in order."""
    return f"""coalesce((
        select json_agg(json_build_object('party', p.ref, 'name', p.name, 'kind', p.kind,
                        'as_printed', l.as_printed, 'doubtful', l.doubtful) order by l.position, l.id)
        from item_lead l join party p on p.id = l.party_id where l.{column} = {owner}), '[]'::json)"""


def themes(column: str, owner: str) -> str:
    """The refs of an item's themes as a JSON array."""
    return f"""coalesce((
        select json_agg(th.ref order by tl.position, tl.id)
        from theme_link tl join theme th on th.id = tl.tag_id where tl.{column} = {owner}), '[]'::json)"""


def cross_references(column: str, owner: str) -> str:
    return f"""coalesce((
        select json_agg(json_build_object('text', x.text, 'to',
                        case when x.to_kind is not null
                             then json_build_object('kind', x.to_kind, 'ref', x.to_ref) end)
                        order by x.position, x.id)
        from cross_reference x where x.{column} = {owner}), '[]'::json)"""


def source_notes(column: str, owner: str) -> str:
    """How many doubts about the item are still open."""
    return f"(select count(*) from source_note sn where sn.{column} = {owner} and not sn.settled)"


def led_by(column: str, owner: str) -> str:
    """Filter: led by one of these parties (refs in ``:lead``); ``none`` finds the leaderless."""
    return f"""exists (select from item_lead l join party p on p.id = l.party_id
            where l.{column} = {owner} and lower(p.ref) = any(select lower(unnest(cast(:lead as text[])))))
        or ('none' = any(cast(:lead as text[])) and not exists (
            select from item_lead l where l.{column} = {owner}))"""


def themed(column: str, owner: str) -> str:
    """Filter: carrying one of these themes (refs in ``:theme``)."""
    return f"""exists (select from theme_link tl join theme th on th.id = tl.tag_id
            where tl.{column} = {owner}
              and lower(th.ref) = any(select lower(unnest(cast(:theme as text[])))))"""


def one_of(column: str, name: str) -> str:
    """Filter: a column equals one of the words given."""
    return f"{column} = any(cast(:{name} as text[]))"


def searched(*columns: str) -> str:
    """Filter ``q``: every word given stands somewhere in these columns, whatever its case."""
    held = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    return (
        f"(select bool_and(strpos(lower({held}), lower(w)) > 0)"
        " from unnest(string_to_array(array_to_string(cast(:q as text[]), ' '), ' ')) w)"
    )
