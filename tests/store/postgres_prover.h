// SPDX-License-Identifier: Apache-2.0
// Proves of the catalogue's texts and of a database that they keep owners apart on PostgreSQL, by
// looking at both and running nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/catalogue.h"
#include "tests/store/postgres_subject.h"

namespace skyden::store::testing {

// Texts, also those for many rows, keep to the rules (statement_rules.h), name only what they
// declare, and under one plan for all parameters each table is reached by an index and asked for
// its owner, by conditions which the statement and its views have themselves: looked at by who is
// under no policy.
std::vector<std::string> ProveStatements(PostgresSubject& subject, const Schema& schema,
                                         std::span<const Statement> statements);

// Keys begin with owners; each view asks with the rights of who asks and has its conditions; every
// table is under policies, its owner too, and those of skyden_app follow from its columns; roles
// can do nothing else. And what the engine's own check says of the rest
// (store/postgres/self_check.h).
std::vector<std::string> ProveDatabase(const std::string& database, PostgresSubject& subject,
                                       const Schema& schema);

}  // namespace skyden::store::testing
