-- What recall searches: one vector and a set of postings for each live memory and each turn.

CREATE TABLE embeddings (
  org_id bigint NOT NULL,
  item_kind text NOT NULL CONSTRAINT embeddings_item_kind_check CHECK (item_kind IN ('memory', 'turn')),
  item_id bigint NOT NULL,
  agent_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  model text NOT NULL,
  content_hash bytea NOT NULL,
  vector halfvec(384) NOT NULL,
  PRIMARY KEY (org_id, item_kind, item_id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id),
  FOREIGN KEY (org_id, subject_id) REFERENCES subjects (org_id, id)
);

CREATE INDEX embeddings_agent_idx ON embeddings (org_id, agent_id, subject_id);
CREATE INDEX embeddings_content_idx ON embeddings (org_id, content_hash);
CREATE INDEX embeddings_vector_hnsw_idx ON embeddings USING hnsw (vector halfvec_cosine_ops);

-- Postings. The empty lexeme stands for the item itself (tf = its length in lexemes), so that one
-- index range gives the number of items and their mean length, which BM25 needs.
CREATE TABLE lexemes (
  org_id bigint NOT NULL,
  agent_id bigint NOT NULL,
  lexeme text NOT NULL,
  item_kind text NOT NULL CONSTRAINT lexemes_item_kind_check CHECK (item_kind IN ('memory', 'turn')),
  item_id bigint NOT NULL,
  tf int NOT NULL,
  length int NOT NULL,
  PRIMARY KEY (org_id, agent_id, lexeme, item_kind, item_id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id)
);

CREATE INDEX lexemes_item_idx ON lexemes (org_id, item_kind, item_id);
