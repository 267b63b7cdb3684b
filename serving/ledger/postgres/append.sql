-- The ledger's time, and how an entry is hashed and appended.

-- Microseconds since 1970. On its own, so that tests can set it.
CREATE FUNCTION ledger_clock() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint $$;

-- Never before the account's last entry, nor before the last one that anybody can see.
CREATE FUNCTION ledger_now(last_at bigint) RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT greatest(ledger_clock(), last_at, (SELECT e.at FROM entry e ORDER BY e.seq DESC LIMIT 1)) $$;

-- A netstring: '5:hello,', and '-,' for NULL.
CREATE FUNCTION ledger_part(value text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT coalesce(octet_length(value) || ':' || value || ',', '-,') $$;

-- The fields in the order of `HASHED`, as netstrings; one pass, since a call for each field costs more than the hash.
CREATE FUNCTION ledger_link(previous text, made entry) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(previous || string_agg(
    coalesce(octet_length(f.value) || ':' || f.value || ',', '-,'), '' ORDER BY f.place), 'UTF8')), 'hex')
  FROM unnest(ARRAY[
    made.seq::text, made.customer_id, made.position::text, made.at::text, made.kind, made.reservation_id,
    made.campaign, made.segment, made.purpose, made.action, made.reserved_minor::text,
    made.committed_minor::text, made.requested_minor::text, made.contact_cost_minor::text, made.currency,
    made.expires_at::text, made.cap_minor::text, made.window_days::text, made.most_grants::text,
    made.cap_inputs, made.model_version, made.client, made.actor, made.reason
  ]) WITH ORDINALITY AS f(value, place)
$$;

-- The caller holds the account's row, and every shard that the entry is about: numbers are drawn under
-- these locks, so an entry that saw another one has the greater number.
CREATE FUNCTION ledger_append(made entry) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mine account;
BEGIN
  -- Before the number is drawn: whoever locks out writers then knows that no number is still to come.
  LOCK TABLE entry IN ROW EXCLUSIVE MODE;
  SELECT * INTO STRICT mine FROM account a WHERE a.customer_id = made.customer_id;
  made.seq := nextval('entry_seq');
  made.position := mine.entries + 1;
  made.hash := ledger_link(mine.head, made);
  INSERT INTO entry SELECT (made).*;
  UPDATE account a SET entries = made.position, head = made.hash, last_at = made.at
  WHERE a.customer_id = made.customer_id;
END $$;

CREATE FUNCTION entry_never_changes() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries of the ledger are never changed'; END $$;
CREATE TRIGGER entry_never_changes BEFORE UPDATE OR DELETE ON entry
  FOR EACH STATEMENT EXECUTE FUNCTION entry_never_changes();
CREATE TRIGGER entry_never_truncated BEFORE TRUNCATE ON entry
  FOR EACH STATEMENT EXECUTE FUNCTION entry_never_changes();
