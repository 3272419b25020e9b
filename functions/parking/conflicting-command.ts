import type { ConflictingCommand } from '../orders/saga-starter.ts';
import { NO_POSITIONS } from './open-positions.ts';
import type { ParkingLot } from './parking-lot.ts';

/** Parks a command whose id another one has. Each such command is one parking of its own, recognisable by its hash. */
export function parkConflict(
  parkingLot: ParkingLot,
  { orderId, command, hash, firstHash }: ConflictingCommand,
): Promise<boolean> {
  return parkingLot.park({
    orderId,
    step: `Start order saga ${hash.slice(0, 12)}`,
    reason: 'IDENTITY_CONFLICT',
    errorName: 'IdentityConflict',
    // The money and stock of the first command are its own execution's business.
    positions: NO_POSITIONS,
    particulars: { firstHash, conflictingHash: hash, conflictingCommand: command },
  });
}
