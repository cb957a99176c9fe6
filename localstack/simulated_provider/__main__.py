"""`python -m simulated_provider`: serve until the process gets a signal."""

from simulated_provider.server import server_for
from simulated_provider.settings import SimulatedProviderSettings


def main() -> None:
    server_for(SimulatedProviderSettings()).run()


if __name__ == "__main__":
    main()
