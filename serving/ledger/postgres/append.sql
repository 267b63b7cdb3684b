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

CREATE FUNCTION ledger_link(previous text, made entry) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(previous
    || ledger_part(made.seq::text) || ledger_part(made.customer_id) || ledger_part(made.position::text)
    || ledger_part(made.at::text) || ledger_part(made.kind) || ledger_part(made.reservation_id)
    || ledger_part(made.campaign) || ledger_part(made.segment) || ledger_part(made.purpose)
    || ledger_part(made.action) || ledger_part(made.reserved_minor::text)
    || ledger_part(made.committed_minor::text) || ledger_part(made.requested_minor::text)
    || ledger_part(made.contact_cost_minor::text) || ledger_part(made.currency)
    || ledger_part(made.expires_at::text) || ledger_part(made.cap_minor::text)
    || ledger_part(made.window_days::text) || ledger_part(made.most_grants::text)
    || ledger_part(made.cap_inputs) || ledger_part(made.model_version) || ledger_part(made.client)
    || ledger_part(made.actor) || ledger_part(made.reason), 'UTF8')), 'hex')
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
