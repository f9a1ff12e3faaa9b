#include "host/mta_service.h"

#include <gtest/gtest.h>

#include "host/program_output.h"

namespace portcullis {
namespace {

TEST(PortNumber, IsANumberOrTheNameOfAService) {
  EXPECT_EQ(port_number("25"), 25);
  EXPECT_EQ(port_number("65535"), 65535);
  EXPECT_EQ(port_number("smtp"), 25);
  EXPECT_EQ(port_number("submission"), 587);
  EXPECT_EQ(port_number("smtps"), 465);
  for (const char* bad : {"", "0", "65536", "-1", "25x", "no-such-service"}) {
    EXPECT_FALSE(port_number(bad)) << bad;
  }
}

TEST(ProgramOutput, IsWhatTheProgramPrints) {
  EXPECT_EQ(program_output({"printf", "a b\\n%s", "$HOME;x"}), "a b\n$HOME;x");
  EXPECT_EQ(program_output({"cat"}), "") << "standard input is empty";
}

TEST(ProgramOutput, HasABareEnvironment) {
  EXPECT_EQ(program_output({"env"}), "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n");
}

TEST(ProgramOutput, IsNothingOfAProgramThatFails) {
  EXPECT_FALSE(program_output({"no-such-program-anywhere"}));
  EXPECT_FALSE(program_output({"false"}));
  EXPECT_FALSE(program_output({"sh", "-c", "echo x; kill -9 $$"}));
}

TEST(ProgramOutput, IsNothingIfItNeverEnds) {
  EXPECT_FALSE(program_output({"yes"}));
}

}  // namespace
}  // namespace portcullis
