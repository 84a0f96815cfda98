// SPDX-License-Identifier: Apache-2.0
#include "cli/event_reader.h"

#include <catch2/catch.hpp>
#include <vector>

namespace skyden::cli {
namespace {

std::vector<std::string> Read(const std::string& text, size_t piece) {
  std::vector<std::string> events;
  EventReader reader([&](const Event& event) {
    events.push_back(event.name + "|" + event.data + "|" + event.id);
  });
  for (size_t at = 0; at < text.size(); at += piece) REQUIRE(reader.Put(text.substr(at, piece)));
  return events;
}

}  // namespace

TEST_CASE("events are the same in whatever pieces they come", "[cli]") {
  const std::string text =
      ": a comment\n\nid: 7\nevent: change\ndata: {\"a\":1}\n\n"
      "data: first\ndata:second\n\nevent: nothing\n\nid: 9\r\ndata: last\r\n\r\ndata: not over";
  const std::vector<std::string> expected = {"change|{\"a\":1}|7", "message|first\nsecond|7",
                                             "message|last|9"};
  for (size_t piece = 1; piece <= text.size(); ++piece) CHECK(Read(text, piece) == expected);
}

TEST_CASE("an event without an end is given up", "[cli]") {
  EventReader reader([](const Event&) { FAIL("there is none"); });
  const std::string much(1 << 16, 'x');
  REQUIRE(reader.Put("data: "));
  int taken = 0;
  while (taken < 100 && reader.Put(much)) ++taken;
  CHECK(taken < 100);
}

}  // namespace skyden::cli
