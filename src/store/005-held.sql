-- What is held is counted by its reason and by what of the configuration held it, as it was then:
-- with these in the index, none of the deliveries is read for it.
DROP INDEX delivery_reason;
CREATE INDEX delivery_reason ON delivery (destination, reason, cause, basis, settled_at)
  WHERE state = 'held';
