#pragma once

#include <map>
#include <vector>

#include "formats/reading.h"

namespace portcullis {

// The elements of one hash:net set of ipset while it is read: networks, each once, and exceptions
// ("nomatch") among them. The longest of those around an address decides.
class SetElements {
 public:
  bool empty() const { return elements_.empty(); }

  // `entry.listed` is an IpPrefix. One that is there already is replaced, which is reported.
  void add(Reading& reading, ListEntry entry, bool exception);

  // The entries that hold exactly the addresses for which the set matches, in the order of the
  // networks: an element with exceptions inside it is cut into the fewest networks that remain.
  // What happens to each exception is reported, and everyone is refused (refuse_everyone()). O(n
  // log n + pieces). Once.
  std::vector<ListEntry> take(Reading& reading);

 private:
  struct Element {
    ListEntry entry;
    bool exception = false;
    bool used = false;  // of an exception: it took something out
  };
  using Elements = std::map<IpPrefix, Element>;

  void cut(ListEntry entry, std::vector<ListEntry>& entries);

  Elements elements_;
};

}  // namespace portcullis
