import '@tensorflow/tfjs-backend-cpu';
import { affineCoupling } from '@invertible/core';
import { checkBijection } from '@invertible/core/testing';

test('without the gradients of tfjs there is nothing to compare with, and the error says what to import', async () => {
  await expect(checkBijection(() => affineCoupling({ hidden: 4 }), [3, 4])).rejects.toThrow(
    "checkBijection: expected the gradients of tfjs, to compare with, got none registered. Import '@tensorflow/tfjs-layers' or '@tensorflow/tfjs' before.",
  );
});
