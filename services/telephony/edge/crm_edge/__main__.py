"""The command crm-edge."""

from __future__ import annotations

import argparse

from crm_edge.simulate.terminal import DEVICES, simulate


def main() -> None:
    parser = argparse.ArgumentParser(prog="crm-edge", description="The box in the office. 办公室电话盒。")
    commands = parser.add_subparsers(required=True)
    simulated = commands.add_parser("simulate", help="a device on a pseudo-terminal 在伪终端上模拟设备")
    simulated.add_argument("kind", choices=sorted(DEVICES))
    simulate(parser.parse_args().kind)


if __name__ == "__main__":
    main()
