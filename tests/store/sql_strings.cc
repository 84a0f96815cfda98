// SPDX-License-Identifier: Apache-2.0
#include "tests/store/sql_strings.h"

#include <iterator>
#include <string_view>

#include "store/catalogue.h"

namespace skyden::store::testing {

using namespace std::string_view_literals;

namespace {

constexpr size_t kLong = 5000;

constexpr std::string_view kWhole[] = {
    "' OR '1'='1"sv,
    "'; DELETE FROM skyden.resource; --"sv,
    "x'); DROP SCHEMA skyden CASCADE; --"sv,
    "'; SELECT pg_sleep(600); --"sv,
    "' || pg_sleep(600) || '"sv,
    "1; SELECT set_config('skyden.tenant', '2', false)"sv,
    "'; SET ROLE skyden_owner; --"sv,
    "$$; DELETE FROM skyden.token; $$"sv,
    "$tag$ ' $tag$"sv,
    "E'\\047; DELETE FROM skyden.account; --"sv,
    "U&'\\0027' UESCAPE '!'"sv,
    "\\'; COMMIT; BEGIN; --"sv,
    "\\"sv,
    "'"sv,
    "''"sv,
    "\""sv,
    "\"\"; --"sv,
    "/* ' */"sv,
    "-- '\n"sv,
    "%' AND 1=1 --"sv,
    "_%"sv,
    "$1"sv,
    "$99"sv,
    "{2,13}"sv,
    "NULL"sv,
    "0x27"sv,
    "\xe2\x80\x99 OR 1=1"sv,               // a typographic quote
    "\xef\xbc\x87; DROP TABLE x"sv,        // a fullwidth one
    "\xca\xbc OR \xca\xbc\x31\xca\xbc"sv,  // a letter that looks like one
    "\xc0\xa7; DELETE FROM x"sv,           // a quote in two bytes: no UTF-8
    "\xff' OR 1=1"sv,
    "\xbf\x27 OR 1=1"sv,  // swallows a backslash in encodings of two bytes
    "a\0b"sv,
    "\0'; --"sv,
    "' UNION SELECT sha256 FROM skyden.token --"sv,
    "pg_catalog.pg_read_file('/etc/passwd')"sv,
    "'); INSERT INTO skyden.assigned_role VALUES (1,0,'x','x','Operator','*','*',0); --"sv,
    "COPY skyden.token TO PROGRAM 'id'"sv,
};

constexpr std::string_view kWords[] = {"SELECT",     "*",           "FROM",   "skyden.resource",
                                       "v_resource", "WHERE",       "tenant", "=",
                                       "1",          "UNION",       "ALL",    "INSERT",
                                       "INTO",       "VALUES",      "(",      ")",
                                       ",",          "DELETE",      "UPDATE", "SET",
                                       "OR",         "AND",         "NOT",    "NULL",
                                       "'x'",        "'",           ";",      "--",
                                       "/*",         "*/",          "$$",     "E'",
                                       "U&'",        "\\",          "::text", "BEGIN",
                                       "COMMIT",     "RETURNING",   "LIKE",   "%",
                                       "||",         "\"",          "`",      "pg_sleep(600)",
                                       "DROP TABLE", "skyden.token"};

constexpr std::string_view kSeparators[] = {" ", "", "\n", "\t", "/**/", "+", "%20"};

constexpr std::string_view kPieces[] = {"'",  "\"", "--", ";",           "\\'",
                                        "$$", "/*", "%",  "\xe2\x80\x99"};

}  // namespace

std::string SqlStrings::OfWords() {
  std::string text;
  for (size_t n = 1 + Below(12); n > 0; --n) text += Pick(kWords) + Pick(kSeparators);
  return text;
}

// One of ours, cut somewhere, with something in it that ends a text or begins a comment.
std::string SqlStrings::OfStatement() {
  std::string text(Catalogue()[Below(Catalogue().size())].text);
  text = text.substr(Below(text.size() / 2), 1 + Below(200));
  return text.insert(Below(text.size()), Pick(kPieces));
}

std::string SqlStrings::OfBytes() {
  std::string text = Pick(kPieces);
  for (size_t n = 1 + Below(20); n > 0; --n) text += static_cast<char>(Below(256));
  return text + Pick(kPieces);
}

std::string SqlStrings::Next() {
  std::string text;
  switch (Below(5)) {
    case 0:
    case 1:
      text = Pick(kWhole);
      break;
    case 2:
      text = OfWords();
      break;
    case 3:
      text = OfStatement();
      break;
    default:
      text = OfBytes();
  }
  if (Below(40) != 0) return text;
  const std::string once = text;
  while (text.size() < kLong) text += once;
  return text;
}

}  // namespace skyden::store::testing
