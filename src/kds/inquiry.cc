// SPDX-License-Identifier: Apache-2.0
#include "kds/inquiry.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "kds/refusal_text.h"

namespace skyden::kds {
namespace {

// Specs in one question, about.
constexpr size_t kQuestionBytes = 1u << 20;

// How many of `items`, from the first on, make one question.
size_t FittingInOne(const Inquiry::Items& items, size_t most) {
  size_t bytes = 0;
  size_t count = 0;
  while (count < most && (count == 0 || bytes + items[count]->spec.size() <= kQuestionBytes)) {
    bytes += items[count++]->spec.size();
  }
  return count;
}

}  // namespace

void Inquiry::Suspect(Items items, std::string_view message, Lines lines) {
  if (items.empty()) return;
  lines_count_ = lines_count_ && lines == Lines::kOneEach;
  // Last of all: what is on top may hang on the answer to a question that is out.
  groups_.insert(groups_.begin(),
                 Group{std::move(items), Group::Holds::kRefused, std::string(message)});
}

// True when the zone's words alone say which: of a single resource, or of every one.
bool Inquiry::TellApart(Group& group) {
  if (group.holds != Group::Holds::kRefused) return false;
  if (group.items.size() == 1) {
    found_.push_back({std::move(group.items.front()), std::move(group.message)});
    return true;
  }
  const std::vector<RefusedLine> lines = ReadRefusal(group.message);
  if (!lines_count_ || lines.size() != group.items.size()) return false;
  for (size_t i = 0; i < lines.size(); ++i) {
    found_.push_back({std::move(group.items[i]), std::string(lines[i].text)});
  }
  return true;
}

Inquiry::Items Inquiry::Next(absl::FunctionRef<bool(const Item&)> holds) {
  while (!groups_.empty()) {
    Group group = std::move(groups_.back());
    groups_.pop_back();
    const size_t before = group.items.size();
    std::erase_if(group.items, [&](const Item& item) { return !holds(item); });
    if (group.items.empty()) continue;
    // What is gone may have been the refused one.
    if (group.items.size() < before) group.holds = Group::Holds::kPerhaps;
    if (TellApart(group)) continue;
    if (questions_left_ == 0) {
      gave_up_ = true;
      groups_.clear();
      return {};
    }
    return Ask(std::move(group));
  }
  return {};
}

Inquiry::Items Inquiry::Ask(Group group) {
  --questions_left_;
  const size_t size = group.items.size();
  const bool refused = group.holds == Group::Holds::kRefused;
  const size_t part = FittingInOne(group.items, refused ? (size + 1) / 2 : size);
  if (part < size) {
    const auto begin = group.items.begin() + static_cast<std::ptrdiff_t>(part);
    Items rest(std::make_move_iterator(begin), std::make_move_iterator(group.items.end()));
    groups_.push_back({std::move(rest),
                       refused ? Group::Holds::kRefusedIfOtherIsTaken : Group::Holds::kPerhaps,
                       std::move(group.message)});
    group.items.resize(part);
  }
  asked_ = group.items;
  return std::move(group.items);
}

void Inquiry::Taken() {
  asked_.clear();
  if (groups_.empty()) return;
  Group& other = groups_.back();
  if (other.holds == Group::Holds::kRefusedIfOtherIsTaken) other.holds = Group::Holds::kRefused;
}

void Inquiry::Refused(std::string_view message) {
  if (!groups_.empty() && groups_.back().holds == Group::Holds::kRefusedIfOtherIsTaken) {
    groups_.back().holds = Group::Holds::kPerhaps;
  }
  groups_.push_back({std::exchange(asked_, {}), Group::Holds::kRefused, std::string(message)});
}

}  // namespace skyden::kds
