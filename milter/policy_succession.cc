#include "milter/policy_succession.h"

#include <algorithm>
#include <new>
#include <tuple>
#include <utility>

#include "policy/hit_transfer.h"

namespace portcullis {
namespace {

using Entry = ClassHits::Entry;

// A range is hit at its parts and known by its first one.
EntryIndex known_as(const Policy& policy, EntryIndex entry) {
  const EntrySubject subject = policy.subject_of(entry);
  if (!std::holds_alternative<AddressRange>(subject)) return entry;
  return policy.find_entry(policy.class_of(entry), subject).value_or(entry);
}

std::vector<Entry> entries_with_hits(const ActivePolicy& active, ClassIndex client_class) {
  std::vector<Entry> found;
  const Policy& policy = *active.policy;
  active.hits->for_each([&](EntryIndex index, const Hits& hits) {
    if (policy.class_of(index) == client_class) found.push_back({known_as(policy, index), hits});
  });
  return found;
}

// Makes one of all parts of a range.
void merge_parts(std::vector<Entry>& entries) {
  std::ranges::sort(entries, {}, &Entry::index);
  std::size_t kept = 0;
  for (const Entry& entry : entries) {
    if (kept == 0 || entries[kept - 1].index != entry.index) {
      entries[kept++] = entry;
      continue;
    }
    Hits& hits = entries[kept - 1].hits;
    hits.count += entry.hits.count;
    hits.last = std::max(hits.last, entry.hits.last);
  }
  entries.resize(kept);
}

void keep_most_recent(std::vector<Entry>& entries, std::size_t maximum) {
  const auto before = [](const Entry& a, const Entry& b) {
    return std::tuple(b.hits.last, a.index) < std::tuple(a.hits.last, b.index);
  };
  const std::size_t kept = std::min(entries.size(), maximum);
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(entries.begin(), end, entries.end(), before);
  entries.resize(kept);
}

}  // namespace

void PolicySuccession::publish(std::shared_ptr<const ActivePolicy> next) {
  Replaced one(1);  // nothing may fail once the policy is published
  auto replaced = replaced_.lock();
  one.front() = current_.publish(std::move(next));
  replaced->splice(replaced->end(), one);
  collect(*replaced->back());
}

bool PolicySuccession::holds_replaced() {
  return !replaced_.lock()->empty();
}

bool PolicySuccession::free_unused() noexcept {
  Replaced unused;  // freed without the lock
  {
    auto replaced = replaced_.lock();
    for (auto policy = replaced->begin(); policy != replaced->end();) {
      const auto here = policy++;
      // Ours is the last pointer to a policy that is not current: nobody can copy it any more.
      if (here->use_count() > 1) continue;
      unused.splice(unused.end(), *replaced, here);
      collect(**here);
    }
  }
  return !unused.empty();
}

std::optional<ClassHits> PolicySuccession::hits_of(std::string_view class_name,
                                                   std::size_t maximum) {
  ClassHits found;
  {
    auto replaced = replaced_.lock();
    for (const auto& policy : *replaced) collect(*policy);
    found.policy = current_.current();
    const auto& classes = found.policy->policy->classes();
    const auto named = std::ranges::find(classes, class_name, &ClientClass::name);
    if (named == classes.end()) return std::nullopt;
    found.entries =
        entries_with_hits(*found.policy, static_cast<ClassIndex>(named - classes.begin()));
  }
  merge_parts(found.entries);
  found.truncated = found.entries.size() > maximum;
  keep_most_recent(found.entries, maximum);
  return found;
}

// To be called with the lock held. Without memory the hits stay where they are, until next time.
void PolicySuccession::collect(const ActivePolicy& replaced) noexcept {
  try {
    const auto current = current_.current();
    move_hits(*replaced.policy, *replaced.hits, *current->policy, *current->hits);
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace portcullis
