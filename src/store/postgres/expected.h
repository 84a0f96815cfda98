// SPDX-License-Identifier: Apache-2.0
// The fences of a sound database.
#pragma once

#include <span>
#include <string_view>

namespace skyden::store::postgres {

// As pg_policies has it, blanks and ends of lines made one blank.
struct Policy {
  std::string_view name;  // "<table>.<policy>"
  std::string_view permissive;
  std::string_view roles;  // separated by one blank
  std::string_view command;
  std::string_view reads;   // USING
  std::string_view writes;  // WITH CHECK
};

// A table ('r') or view ('v'), and what roles that log in may do with it; names of privileges in
// order, separated by one blank.
struct Relation {
  std::string_view name;
  char kind;
  std::string_view app;
  std::string_view system;
};

// A view, and what it shows: "<table> WHERE <condition>", as the server prints it, columns without
// their table. Which columns is nobody's secret, but each is one of the table's.
struct View {
  std::string_view name;
  std::string_view shows;
};

// In order of their names.
std::span<const Policy> ExpectedPolicies();
std::span<const Relation> ExpectedRelations();
std::span<const View> ExpectedViews();

}  // namespace skyden::store::postgres
