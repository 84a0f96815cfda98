-- SPDX-License-Identifier: Apache-2.0
-- What the database says of itself: nobody's rows. No view leads to them, so no statement does;
-- they are read and written only while the database is opened.
CREATE TABLE database (
  name TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER database_insert BEFORE INSERT ON database
  WHEN NOT current_system()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER database_update BEFORE UPDATE ON database
  WHEN NOT current_system()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER database_delete BEFORE DELETE ON database
  WHEN NOT current_system()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
