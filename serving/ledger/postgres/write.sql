-- Every write in one statement: the twin of models/domain/ledger, which says why. Tests hold both to one model.

CREATE FUNCTION ledger_lock(customer text) RETURNS account LANGUAGE plpgsql AS $$
DECLARE
  mine account;
BEGIN
  SELECT * INTO mine FROM account a WHERE a.customer_id = customer FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO account (customer_id, entries, head, last_at) VALUES (customer, 0, repeat('0', 64), 0)
      ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT mine FROM account a WHERE a.customer_id = customer FOR UPDATE;
  END IF;
  RETURN mine;
END $$;

CREATE FUNCTION ledger_answer(one reservation, now_at bigint, limiting text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object(
    'reservation_id', one.id, 'state', one.state, 'requested_minor', one.requested_minor,
    'granted_minor', CASE one.state WHEN 'pending_approval' THEN 0 ELSE one.reserved_minor END,
    'held_minor', CASE WHEN one.state IN ('reserved', 'pending_approval') THEN one.reserved_minor
      ELSE one.committed_minor - one.reversed_minor END,
    'committed_minor', one.committed_minor, 'reversed_minor', one.reversed_minor,
    'limiting_constraint', limiting, 'expires_at', one.expires_at, 'at', now_at)
$$;

CREATE FUNCTION ledger_refused(why text, given text, allowed text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
$$ SELECT jsonb_build_object('refused', why, 'given', given, 'allowed', allowed) $$;

CREATE FUNCTION ledger_too_much(given bigint, most bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
$$ SELECT jsonb_build_object('refused', 'TooMuch', 'given', given, 'allowed', '0 to ' || most) $$;

-- An entry about a reservation as it stands after it; `asked` says by whom and why, `{}`: by the ledger itself.
CREATE FUNCTION ledger_enter(
  one reservation, what text, now_at bigint, reserved bigint, committed bigint, asked jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  made entry;
  grants boolean := what IN ('reserve', 'request', 'approve');
BEGIN
  made.customer_id := one.customer_id;
  made.at := now_at;
  made.kind := what;
  made.reservation_id := one.id;
  made.campaign := one.campaign;
  made.segment := one.segment;
  made.purpose := one.purpose;
  made.action := one.action;
  made.reserved_minor := reserved;
  made.committed_minor := committed;
  made.requested_minor := one.requested_minor;
  made.contact_cost_minor := one.contact_cost_minor;
  made.currency := (SELECT s.value FROM ledger_setting s WHERE s.name = 'currency');
  made.expires_at := one.expires_at;
  IF grants THEN
    made.cap_minor := (asked->>'cap_minor')::bigint;
    made.window_days := CASE WHEN asked->>'cap_minor' IS NOT NULL THEN (asked->>'window_days')::bigint END;
    made.most_grants := (asked->>'most_grants')::bigint;
  END IF;
  made.cap_inputs := CASE WHEN grants THEN asked->>'cap_inputs' ELSE '' END;
  made.model_version := CASE WHEN grants THEN asked->>'model_version' ELSE '' END;
  made.client := coalesce(asked->>'client', '');
  made.actor := coalesce(asked->>'actor', '');
  made.reason := coalesce(asked->>'reason', '');
  PERFORM ledger_append(made);
END $$;

-- Keep what a reservation became, give its budgets what is free again, and append the entry.
CREATE FUNCTION ledger_move(
  one reservation, what text, now_at bigint, reserved bigint, committed bigint, asked jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  budget_name text;
BEGIN
  UPDATE reservation r SET state = one.state, committed_minor = one.committed_minor,
    reversed_minor = one.reversed_minor WHERE r.id = one.id;
  IF reserved + committed <> 0 THEN
    FOREACH budget_name IN ARRAY ledger_names(one.campaign, one.segment, one.purpose) LOOP
      PERFORM ledger_hold(budget_name, ledger_preferred(), reserved + committed);
    END LOOP;
  END IF;
  PERFORM ledger_enter(one, what, now_at, reserved, committed, asked);
END $$;

-- Expire what is due of a customer whose account is locked. Shards that this or the caller will need are locked
-- before, in order.
CREATE FUNCTION ledger_expire(customer text, now_at bigint, needed text[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  one reservation;
  due text[];
  number integer := 0;
BEGIN
  SELECT array_agg(n.name) INTO due FROM reservation r, unnest(ledger_names(r.campaign, r.segment, r.purpose)) n(name)
  WHERE r.customer_id = customer AND r.state IN ('reserved', 'pending_approval') AND r.expires_at <= now_at;
  IF due IS NOT NULL THEN PERFORM ledger_lock_budgets(due || needed); END IF;
  FOR one IN
    SELECT * FROM reservation r WHERE r.customer_id = customer
      AND r.state IN ('reserved', 'pending_approval') AND r.expires_at <= now_at
  LOOP
    one.state := 'expired';
    PERFORM ledger_move(one, 'expire', now_at, -one.reserved_minor, 0, '{}');
    number := number + 1;
  END LOOP;
  RETURN number;
END $$;

CREATE FUNCTION ledger_sweep(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  mine account[];
  one account;
  number integer := 0;
BEGIN
  SELECT array_agg(locked) INTO mine FROM (
    SELECT a FROM account a WHERE a.customer_id IN (
      SELECT r.customer_id FROM reservation r
      WHERE r.state IN ('reserved', 'pending_approval') AND r.expires_at <= ledger_clock()
      ORDER BY r.expires_at LIMIT most)
    ORDER BY a.customer_id FOR UPDATE SKIP LOCKED) AS due(locked);
  IF mine IS NULL THEN RETURN 0; END IF;
  PERFORM ledger_lock_budgets(ARRAY(
    SELECT DISTINCT n.name FROM unnest(mine) a
    JOIN reservation r ON r.customer_id = a.customer_id AND r.state IN ('reserved', 'pending_approval'),
    unnest(ledger_names(r.campaign, r.segment, r.purpose)) n(name)));
  FOREACH one IN ARRAY mine LOOP
    number := number + ledger_expire(one.customer_id, ledger_now(one.last_at), '{}');
  END LOOP;
  RETURN number;
END $$;

-- What a customer's window holds, and of how many grants; `but`: a reservation that is not looked at.
CREATE FUNCTION ledger_window(customer text, now_at bigint, days bigint, but text, OUT held bigint, OUT grants bigint)
LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(w.held), 0)::bigint, count(*) FROM (
    SELECT r.reserved_minor AS held FROM reservation r WHERE r.customer_id = customer
      AND r.state IN ('reserved', 'pending_approval') AND r.purpose <> 'owed' AND r.id <> but
    UNION ALL
    SELECT r.committed_minor - r.reversed_minor FROM reservation r WHERE r.customer_id = customer
      AND r.state = 'committed' AND r.purpose <> 'owed' AND r.id <> but
      AND r.reserved_at > now_at - days * 86400000000) w
$$;

CREATE FUNCTION ledger_reserve(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  customer text := asked->>'customer_id';
  partial boolean := (asked->>'partial')::boolean;
  least_minor bigint := (asked->>'least_minor')::bigint;
  cap bigint := (asked->>'cap_minor')::bigint;
  most bigint := (asked->>'most_grants')::bigint;
  amount bigint := (asked->>'requested_minor')::bigint;
  names text[] := ledger_names(asked->>'campaign', asked->>'segment', asked->>'purpose');
  shards integer[] := '{}';
  mine account := ledger_lock(customer);
  now_at bigint := ledger_now(mine.last_at);
  held bigint;
  grants bigint;
  one reservation;
  rooms bigint[];
  limiting text;
  pending boolean;
  room bigint;
  in_shard integer;
BEGIN
  PERFORM ledger_expire(customer, now_at, names);
  IF asked->>'purpose' <> 'owed' THEN
    SELECT w.held, w.grants INTO held, grants FROM ledger_window(customer, now_at, (asked->>'window_days')::bigint, '') w;
    rooms := ARRAY[cap, cap - held, CASE WHEN grants >= most THEN 0 ELSE amount END];
    FOR n IN 1..3 + cardinality(names) LOOP
      IF n <= 3 THEN
        room := rooms[n];
      ELSE
        SELECT * INTO room, in_shard
        FROM ledger_room(names[n - 3], amount, CASE WHEN partial THEN least_minor ELSE amount END);
        shards := shards || in_shard;
      END IF;
      IF room < amount THEN
        amount := CASE WHEN partial THEN greatest(room, 0) ELSE 0 END;
        limiting := CASE WHEN n <= 3 THEN (ARRAY['cap', 'window', 'frequency'])[n]
          ELSE split_part(names[n - 3], ':', 1) || '_budget' END;
      END IF;
      EXIT WHEN amount < least_minor;
    END LOOP;
  END IF;
  one.requested_minor := (asked->>'requested_minor')::bigint;
  one.committed_minor := 0;
  one.reversed_minor := 0;
  IF amount < least_minor THEN
    one.state := 'refused';
    one.reserved_minor := 0;
    RETURN ledger_answer(one, now_at, limiting);
  END IF;
  pending := coalesce(amount > (asked->>'authority_minor')::bigint, false);
  one.id := asked->>'reservation_id';
  one.customer_id := customer;
  one.campaign := asked->>'campaign';
  one.segment := asked->>'segment';
  one.purpose := asked->>'purpose';
  one.action := asked->>'action';
  one.state := CASE WHEN pending THEN 'pending_approval' ELSE 'reserved' END;
  one.reserved_minor := amount;
  one.contact_cost_minor := (asked->>'contact_cost_minor')::bigint;
  one.reserved_at := now_at;
  one.expires_at := now_at + (asked->>'ttl_seconds')::bigint * 1000000;
  INSERT INTO reservation SELECT (one).*;
  FOR n IN 1..cardinality(names) LOOP
    PERFORM ledger_hold(names[n], shards[n], amount);
  END LOOP;
  PERFORM ledger_enter(one, CASE WHEN pending THEN 'request' ELSE 'reserve' END, now_at, amount, 0, asked);
  RETURN ledger_answer(one, now_at, CASE WHEN pending THEN 'authority' ELSE limiting END);
END $$;

CREATE FUNCTION ledger_change(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  what text := asked->>'operation';
  amount bigint := (asked->>'amount_minor')::bigint;
  one reservation;
  mine account;
  now_at bigint;
  authority bigint := (asked->>'authority_minor')::bigint;
  cap bigint;
  room bigint;
BEGIN
  SELECT * INTO one FROM reservation r WHERE r.id = asked->>'reservation_id';
  IF NOT FOUND THEN RETURN ledger_refused('UnknownReservation', asked->>'reservation_id', ''); END IF;
  mine := ledger_lock(one.customer_id);
  now_at := ledger_now(mine.last_at);
  PERFORM ledger_expire(one.customer_id, now_at, ledger_names(one.campaign, one.segment, one.purpose));
  SELECT * INTO one FROM reservation r WHERE r.id = asked->>'reservation_id';
  CASE what
  WHEN 'commit' THEN
    IF one.state <> 'reserved' THEN RETURN ledger_refused('WrongState', one.state, 'reserved'); END IF;
    IF amount > one.reserved_minor THEN RETURN ledger_too_much(amount, one.reserved_minor); END IF;
    one.state := 'committed';
    one.committed_minor := amount;
    PERFORM ledger_move(one, what, now_at, -one.reserved_minor, amount, asked);
  WHEN 'release' THEN
    IF one.state NOT IN ('reserved', 'pending_approval') THEN
      RETURN ledger_refused('WrongState', one.state, 'reserved or pending_approval');
    END IF;
    one.state := 'released';
    PERFORM ledger_move(one, what, now_at, -one.reserved_minor, 0, asked);
  WHEN 'approve' THEN
    IF one.state <> 'pending_approval' THEN
      RETURN ledger_refused('WrongState', one.state, 'pending_approval');
    END IF;
    IF one.reserved_minor > authority THEN RETURN ledger_too_much(one.reserved_minor, authority); END IF;
    IF one.purpose <> 'owed' AND asked->>'cap_minor' IS NOT NULL THEN
      cap := (asked->>'cap_minor')::bigint;
      IF one.reserved_minor > cap THEN RETURN ledger_answer(one, now_at, 'cap'); END IF;
      SELECT cap - w.held INTO room
      FROM ledger_window(one.customer_id, now_at, (asked->>'window_days')::bigint, one.id) w;
      IF one.reserved_minor > room THEN RETURN ledger_answer(one, now_at, 'window'); END IF;
    END IF;
    one.state := 'reserved';
    PERFORM ledger_move(one, what, now_at, 0, 0, asked);
  WHEN 'reverse' THEN
    IF one.state <> 'committed' THEN RETURN ledger_refused('WrongState', one.state, 'committed'); END IF;
    IF amount > one.committed_minor - one.reversed_minor THEN
      RETURN ledger_too_much(amount, one.committed_minor - one.reversed_minor);
    END IF;
    one.reversed_minor := one.reversed_minor + amount;
    PERFORM ledger_move(one, what, now_at, 0, -amount, asked);
  END CASE;
  RETURN ledger_answer(one, now_at, NULL);
END $$;

CREATE FUNCTION ledger_decide(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  IF asked->>'operation' = 'reserve' THEN RETURN ledger_reserve(asked); END IF;
  RETURN ledger_change(asked);
END $$;

-- A write under its key. `how`: done, kept (answered before), in_flight, or reused (for another payload).
CREATE FUNCTION ledger_write(asked jsonb, OUT how text, OUT answer text) LANGUAGE plpgsql AS $$
DECLARE
  of_client text := asked->>'client';
  of_operation text := asked->>'operation';
  of_key text := asked->>'key';
  scope text := ledger_part(of_client) || ledger_part(of_operation) || ledger_part(of_key);
  kept idempotency;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended(scope, 0)) THEN
    how := 'in_flight';
    RETURN;
  END IF;
  SELECT * INTO kept FROM idempotency i
  WHERE i.client = of_client AND i.operation = of_operation AND i.key = of_key;
  IF FOUND THEN
    how := CASE WHEN kept.payload = asked->>'payload' THEN 'kept' ELSE 'reused' END;
    answer := kept.answer;
    RETURN;
  END IF;
  how := 'done';
  answer := ledger_decide(asked)::text;
  INSERT INTO idempotency (client, operation, key, payload, answer, at)
  VALUES (of_client, of_operation, of_key, asked->>'payload', answer, ledger_clock());
END $$;
