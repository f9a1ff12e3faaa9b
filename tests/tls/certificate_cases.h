#pragma once

#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace portcullis::testing {

// A certificate set, of files of the CertificateWorkshop, and what is to be found about it.
struct CertificateCase {
  std::string name;
  std::string certificates;  // names of the workshop
  std::string key;
  std::set<std::string> codes;
  std::string message;  // within what is printed
  std::string chain = {};
  std::vector<std::string> hosts = {};
  int day = 1;  // after the certificates were made
};

inline void PrintTo(const CertificateCase& c, std::ostream* out) {
  *out << c.name;
}

const std::vector<CertificateCase>& good_sets();
// Those with a finding, be it a note.
const std::vector<CertificateCase>& bad_sets();

}  // namespace portcullis::testing
