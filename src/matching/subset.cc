// SPDX-License-Identifier: Apache-2.0
// Sets are nodes of a graph, joined where they overlap. Within a group of sets that all overlap (a
// clique; Bron-Kerbosch with a pivot finds the largest ones) every tag may hold or not, so a group
// is split into all combinations: for each key one of its values, or none of them. Equal sets
// overlap with the same others, so the graph is over distinct ones.
#include "matching/subset.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "skyden/base/limits.h"

namespace skyden::matching {
namespace {

using base::limits::kRuleParts;

absl::Status TooMany() {
  return absl::ResourceExhaustedError(
      fmt::format("sets of tags overlap in more than {} ways", kRuleParts));
}

bool TagCovers(const SubsetTag& a, const SubsetTag& b) {
  if (a.negated == b.negated) return a.value == b.value;
  return a.negated && a.value != b.value;
}

// Nodes with equal subsets.
struct Node {
  Subset subset;
  std::vector<size_t> members;  // numbers of the sets, rising
};

std::vector<Node> Distinct(const std::vector<Subset>& sets) {
  std::vector<Node> nodes;
  std::map<std::vector<std::string>, size_t> known;
  for (size_t i = 0; i < sets.size(); ++i) {
    std::vector<std::string> key;
    for (const SubsetTag& tag : sets[i]) {
      key.push_back(tag.key);
      key.push_back(tag.value);
    }
    const auto [entry, is_new] = known.emplace(std::move(key), nodes.size());
    if (is_new) nodes.push_back({sets[i], {}});
    nodes[entry->second].members.push_back(i);
  }
  return nodes;
}

class Cliques {
 public:
  explicit Cliques(const std::vector<Node>& nodes) : joined_(nodes.size()) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      joined_[i].resize(nodes.size());
      for (size_t j = 0; j < nodes.size(); ++j) {
        joined_[i][j] = i != j && Overlap(nodes[i].subset, nodes[j].subset);
      }
    }
  }

  // Every largest group of nodes that all are joined. False when there are too many.
  bool Find(std::vector<std::vector<size_t>>& found) {
    std::vector<size_t> all(joined_.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    std::vector<size_t> clique;
    return Extend(clique, std::move(all), {}, found);
  }

 private:
  std::vector<size_t> JoinedTo(size_t node, const std::vector<size_t>& among) {
    work_ += among.size();
    std::vector<size_t> joined;
    for (const size_t other : among) {
      if (joined_[node][other]) joined.push_back(other);
    }
    return joined;
  }

  // Of nodes whose neighbours need no look of their own, the one with the most.
  size_t Pivot(const std::vector<size_t>& open, const std::vector<size_t>& done) {
    size_t best = open.front();
    size_t most = 0;
    for (const std::vector<size_t>* list : {&open, &done}) {
      for (const size_t node : *list) {
        const size_t count = JoinedTo(node, open).size();
        if (count > most) {
          most = count;
          best = node;
        }
      }
    }
    return best;
  }

  bool Extend(std::vector<size_t>& clique, std::vector<size_t> open, std::vector<size_t> done,
              std::vector<std::vector<size_t>>& found) {
    if (work_ > base::limits::kOverlapWork) return false;
    if (open.empty()) {
      if (done.empty()) found.push_back(clique);
      return found.size() <= kRuleParts;
    }
    const size_t pivot = Pivot(open, done);
    const std::vector<size_t> candidates = open;
    for (const size_t node : candidates) {
      if (joined_[pivot][node]) continue;
      clique.push_back(node);
      if (!Extend(clique, JoinedTo(node, open), JoinedTo(node, done), found)) return false;
      clique.pop_back();
      std::erase(open, node);
      done.push_back(node);
    }
    return true;
  }

  std::vector<std::vector<bool>> joined_;
  size_t work_ = 0;
};

// Every key's values; none of them is one more choice.
struct Dimension {
  std::string key;
  std::vector<std::string> values;  // rising
};

std::vector<Dimension> DimensionsOf(const std::vector<Subset>& sets,
                                    const std::vector<size_t>& group) {
  std::map<std::string, std::set<std::string>> values;
  for (const size_t member : group) {
    for (const SubsetTag& tag : sets[member]) values[tag.key].insert(tag.value);
  }
  std::vector<Dimension> dimensions;
  for (auto& [key, set] : values) dimensions.push_back({key, {set.begin(), set.end()}});
  return dimensions;
}

Subset Combination(const std::vector<Dimension>& dimensions, const std::vector<size_t>& choice) {
  Subset subset;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    const Dimension& dimension = dimensions[i];
    if (choice[i] == dimension.values.size()) {
      for (const std::string& value : dimension.values) {
        subset.push_back({dimension.key, value, /*negated=*/true});
      }
    } else {
      const size_t from_back = dimension.values.size() - choice[i] - 1;
      subset.push_back({dimension.key, dimension.values[from_back], /*negated=*/false});
    }
  }
  return subset;
}

// Counts through all choices, the first dimension fastest; all zeros, every last value, comes last.
bool AddCombinations(const std::vector<Dimension>& dimensions, std::vector<Subset>& parts) {
  std::vector<size_t> choice(dimensions.size());
  bool wrapped = false;
  while (!wrapped) {
    wrapped = true;
    for (size_t i = 0; i < dimensions.size() && wrapped; ++i) {
      choice[i] = (choice[i] + 1) % (dimensions[i].values.size() + 1);
      wrapped = choice[i] == 0;
    }
    if (parts.size() == kRuleParts) return false;
    parts.push_back(Combination(dimensions, choice));
  }
  return true;
}

std::string Numbers(const std::vector<size_t>& group) {
  return fmt::format("{}", fmt::join(group, ":"));
}

}  // namespace

Subset ToSubset(const Tags& tags) {
  Subset subset;
  for (const auto& [key, value] : tags) subset.push_back({key, value, /*negated=*/false});
  return subset;
}

bool Covers(const Subset& set, const Subset& other) {
  return std::all_of(set.begin(), set.end(), [&](const SubsetTag& tag) {
    bool any = false;
    for (const SubsetTag& theirs : other) {
      if (theirs.key != tag.key) continue;
      if (!TagCovers(tag, theirs)) return false;
      any = true;
    }
    return any;
  });
}

bool Overlap(const Subset& a, const Subset& b) {
  for (const SubsetTag& tag : a) {
    if (tag.negated) continue;
    for (const SubsetTag& other : b) {
      if (!other.negated && other.key == tag.key && other.value != tag.value) return false;
    }
  }
  return true;
}

bool Holds(const Subset& set, const Tags& tags) {
  if (set.empty()) return true;
  if (tags.empty()) return false;
  return std::all_of(set.begin(), set.end(), [&](const SubsetTag& tag) {
    const auto found = tags.find(tag.key);
    if (found == tags.end()) return tag.negated;
    return (found->second == tag.value) != tag.negated;
  });
}

size_t PositiveTags(const Subset& set) {
  return static_cast<size_t>(
      std::count_if(set.begin(), set.end(), [](const SubsetTag& tag) { return !tag.negated; }));
}

absl::StatusOr<std::vector<Subset>> SplitIntoParts(const std::vector<Subset>& sets) {
  const std::vector<Node> nodes = Distinct(sets);
  if (nodes.size() > kRuleParts) return TooMany();
  std::vector<std::vector<size_t>> groups;
  if (!Cliques(nodes).Find(groups)) return TooMany();
  for (std::vector<size_t>& group : groups) {
    std::vector<size_t> members;
    for (const size_t node : group) {
      members.insert(members.end(), nodes[node].members.begin(), nodes[node].members.end());
    }
    std::sort(members.begin(), members.end());
    group = std::move(members);
  }
  std::sort(groups.begin(), groups.end(),
            [](const auto& a, const auto& b) { return Numbers(a) > Numbers(b); });
  std::vector<Subset> parts;
  for (const std::vector<size_t>& group : groups) {
    if (!AddCombinations(DimensionsOf(sets, group), parts)) return TooMany();
  }
  return parts;
}

}  // namespace skyden::matching
