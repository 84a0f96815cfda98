// SPDX-License-Identifier: Apache-2.0
// What commands print: a table for people, JSON or YAML for programs.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "cli/api_client.h"

namespace skyden::cli {

enum class Format { kTable, kJson, kYaml };

// Text of others such that it can do nothing to a terminal: see base::Visible.
std::string Printable(std::string_view text);
// A document on one line, its texts printable as well.
std::string JsonLine(const Json& value);
// Columns as wide as their widest cell, two blanks apart. Cells are made printable, so that no name
// can play with the terminal.
void PrintTable(std::ostream& out, const std::vector<std::string>& head,
                const std::vector<std::vector<std::string>>& rows);
// As JSON, or as YAML. Not for kTable, which only the command itself can lay out.
void PrintDocument(std::ostream& out, Format format, const Json& document);
// What others wrote, byte for byte: but for a terminal, which gets it with base::VisibleLines.
void PrintRaw(std::ostream& out, std::string_view text);
// One word for what was done to what: "deleted 0f8b...", or {"deleted": "0f8b..."}.
void PrintDone(std::ostream& out, Format format, const char* done, const std::string& id);
// A mistake of the command line that shows only when the command runs.
absl::Status UsageError(std::string_view text);
// Something that `exit_code` stands for.
absl::Status FailureWith(int exit_code, std::string_view text);
// "Error: <message>" on standard error; the exit code that belongs to the status.
int PrintError(const absl::Status& status);

// A member of an object as text for a table: "" when it is not there.
std::string Cell(const Json& object, const char* key);
// The same for a time, to the second: fractions are for programs.
std::string TimeCell(const Json& object, const char* key);

}  // namespace skyden::cli
